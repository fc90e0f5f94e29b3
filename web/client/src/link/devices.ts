/** Camera and microphone of this device. */

/** Why there is no picture or sound; the words are in the dictionary under `device.`. */
export type DeviceProblem = 'insecure' | 'denied' | 'missing' | 'busy' | 'failed'

export class DeviceError extends Error {
  readonly problem: DeviceProblem

  constructor(problem: DeviceProblem) {
    super(problem)
    this.problem = problem
  }
}

export interface DeviceChoice {
  camera: string | null
  microphone: string | null
}

export interface DeviceList {
  cameras: MediaDeviceInfo[]
  microphones: MediaDeviceInfo[]
}

const CHOICE_KEY = 'yishi.devices'

/**
 * 720p at 25: what the programme has, and no lamp flickers at on mains of 50 Hz; more only costs the
 * uplink.
 */
const PICTURE: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 25, max: 30 },
}

/** Echo is cancelled at every device: in the room loudspeaker and microphone share the air. */
const SOUND: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: { ideal: 1 },
}

export async function openCamera(device: string | null): Promise<MediaStreamTrack> {
  const track = await open('video', device, PICTURE)
  track.contentHint = 'motion' // faces: keep the motion, give up sharpness first
  return track
}

export async function openMicrophone(device: string | null): Promise<MediaStreamTrack> {
  const track = await open('audio', device, SOUND)
  track.contentHint = 'speech'
  return track
}

/** Whether this browser can share its screen: no phone can. */
export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === 'function'
}

/** Asks which window or screen; null: the person chose none. */
export async function openScreen(): Promise<MediaStreamTrack | null> {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 10, max: 15 }, width: { max: 1920 }, height: { max: 1080 } },
      audio: false, // it would go round in a circle
    })
    const track = stream.getVideoTracks()[0] ?? null
    if (track) track.contentHint = 'detail' // letters: keep them sharp, give up motion first
    return track
  } catch (error) {
    const problem = deviceProblem(error)
    if (problem === 'denied') return null // the dialog was closed
    throw new DeviceError(problem)
  }
}

/** Labels are empty until a device was allowed once. */
export async function listDevices(): Promise<DeviceList> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? []
  return {
    cameras: all.filter((one) => one.kind === 'videoinput'),
    microphones: all.filter((one) => one.kind === 'audioinput'),
  }
}

export function rememberedChoice(): DeviceChoice {
  try {
    const kept = JSON.parse(localStorage.getItem(CHOICE_KEY) ?? '{}') as Partial<DeviceChoice>
    return { camera: kept.camera ?? null, microphone: kept.microphone ?? null }
  } catch {
    return { camera: null, microphone: null }
  }
}

export function rememberChoice(choice: DeviceChoice): void {
  try {
    localStorage.setItem(CHOICE_KEY, JSON.stringify(choice))
  } catch {
    // Not kept in private mode; asked again next time.
  }
}

async function open(
  kind: 'video' | 'audio',
  device: string | null,
  constraints: MediaTrackConstraints,
): Promise<MediaStreamTrack> {
  if (!navigator.mediaDevices?.getUserMedia) throw new DeviceError('insecure')
  try {
    return await track(kind, device ? { ...constraints, deviceId: { exact: device } } : constraints)
  } catch (error) {
    const problem = deviceProblem(error)
    // The remembered camera is not plugged in today: any other will do.
    if (device && problem === 'missing') return open(kind, null, constraints)
    throw new DeviceError(problem)
  }
}

async function track(
  kind: 'video' | 'audio',
  constraints: MediaTrackConstraints,
): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ [kind]: constraints })
  const found = stream.getTracks()[0]
  if (!found) throw new DeviceError('missing')
  return found
}

/** Names of the errors: W3C Media Capture and Streams, getUserMedia. */
export function deviceProblem(error: unknown): DeviceProblem {
  if (error instanceof DeviceError) return error.problem
  switch ((error as { name?: string } | null)?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    default:
      return 'failed'
  }
}
