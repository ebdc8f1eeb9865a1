import { expect, test } from 'vitest'
import { runCampaign } from '../chaos/campaign.mjs'

/** The short form of `npm run chaos`. */
const ROUNDS = 10
const PRODUCERS = 20

test(
  `${ROUNDS} kills at random moments lose no message, event or record that was accepted, settle none twice, and keep the order of keys`,
  { timeout: 120_000 },
  async () => {
    const { messages, events, records, lost, settledTwice, disorder } = await runCampaign({
      rounds: ROUNDS,
      producers: PRODUCERS,
    })
    expect({ lost, settledTwice, disorder }).toEqual({ lost: [], settledTwice: [], disorder: [] })
    expect(messages).toBeGreaterThan(100)
    expect(events).toBeGreaterThan(100)
    expect(records).toBeGreaterThan(50)
  },
)
