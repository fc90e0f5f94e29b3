/** One question at a time: "are you sure?" */

import { shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  yes: string
  grave: boolean
}

interface Asked extends Question {
  answer(yes: boolean): void
}

export const asked = shallowRef<Asked | null>(null)

export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer(yes) {
        asked.value = null
        resolve(yes)
      },
    }
  })
}
