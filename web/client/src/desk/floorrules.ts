/** The form of the floor's rules, in the units that people think in. */

import type { FloorRules } from '../wire/generated'

export const MODES = ['open', 'host', 'list', 'draw', 'nominate'] as const
export const ORDERS = [
  'first_time_first',
  'alternate_place',
  'alternate_side',
  'least_time_first',
] as const
export const OVERTIMES = ['mute', 'host', 'warn'] as const

/** Times in minutes, '' for none; the warning in seconds. */
export interface RulesForm {
  mode: FloorRules['mode']
  order: FloorRules['order']
  patience: number
  speech: number | ''
  item: number | ''
  group: number | ''
  groupBy: FloorRules['group_by']
  warning: number | ''
  overtime: FloorRules['overtime']
}

export function formOf(rules: FloorRules): RulesForm {
  return {
    mode: rules.mode,
    order: [...rules.order],
    patience: rules.patience,
    speech: minutes(rules.speech_s),
    item: minutes(rules.item_s),
    group: minutes(rules.group_s),
    groupBy: rules.group_by,
    warning: rules.warning_s,
    overtime: rules.overtime,
  }
}

export function rulesOf(form: RulesForm): FloorRules {
  return {
    mode: form.mode,
    order: [...form.order],
    patience: form.patience,
    speech_s: seconds(form.speech),
    item_s: seconds(form.item),
    group_s: seconds(form.group),
    group_by: form.groupBy,
    warning_s: form.warning === '' ? 0 : form.warning,
    overtime: form.overtime,
  }
}

function minutes(of: number | null): number | '' {
  return of === null ? '' : of / 60
}

function seconds(of: number | ''): number | null {
  return of === '' ? null : Math.round(of * 60)
}
