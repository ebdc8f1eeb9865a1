export { createRecorder, type Recorder, recordingDeliver, recordingRun } from './recorder.ts'
export { createSpies } from './spies.ts'
