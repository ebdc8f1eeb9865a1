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
    // How many a machine accepts between two kills says nothing of Lambent.
    for (const accepted of [messages, events, records]) expect(accepted).toBeGreaterThan(0)
  },
)
