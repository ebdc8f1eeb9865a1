import type { Spec } from '../spec/index.ts'
import { loadSpecFor } from './app.ts'

/** Loads and checks a `lambda.yml` without running it. Rejects with SpecError, which holds every problem. */
export const validate = (file: string): Promise<Spec> => loadSpecFor({ config: file })
