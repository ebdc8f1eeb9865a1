import { writeFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Answer, type Bench, startEmptyBench } from '../harness.ts'

async function once(code: string, event: unknown = {}, changes: object = {}): Promise<Answer & { bench: Bench }> {
  const bench = await startEmptyBench()
  await writeFile(path.join(bench.directory, 'app.py'), code)
  const answer = await bench.once('app.handler', event, { runtime: 'python3.13', ...changes })
  return { ...answer, bench }
}

test.each([
  ['def handler(e, c):\n  print("x"); return {"a": e}'],
  ['def handler(e, c):\n  raise ValueError("boom")'],
  ['import nope\n'],
  ['def other(): pass'],
  ['def handler(:'],
  ['raise KeyError("k")'],
  ['def handler(e, c): return {1,2}'],
  ['import sys\ndef handler(e, c): sys.exit(3)'],
  ['import sys\nsys.exit(0)'],
  ['import logging\nlogging.getLogger().setLevel("INFO")\ndef handler(e, c):\n  logging.info("hi %s", 1)\n  logging.getLogger("x").exception("bad")\n  return [c.function_name, c.get_remaining_time_in_millis() > 1000, c.identity.cognito_identity_id, c.log_stream_name, c.memory_limit_in_mb, c.invoked_function_arn, c.tenant_id]'],
  ['import time\ndef handler(e, c):\n  print("before", flush=True)\n  time.sleep(9)'],
  ['import os\ndef handler(e, c): return dict(os.environ)'],
  ['def handler(e, c):\n  x = bytearray(300_000_000)\n  return len(x)'],
])('%s', async (code) => {
  const { bench, ...answer } = await once(code, { k: 1 }, { timeoutMs: 1000 })
  console.log(code, JSON.stringify(answer.value, null, 1), answer.report.maxMemoryMegabytes, '\n' + answer.log, JSON.stringify(bench.told.lines.filter((l) => !l.requestId).map((l) => l.text)))
})
