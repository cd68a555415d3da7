import { expect, test } from 'vitest'
import { deliveryLines, SDK_PROTOCOLS, sdkDelivery } from './support/sdk-delivery.ts'

test('the JavaScript SDK’s nine exporters deliver through a restart: whatever they reported as delivered is there', async () => {
  const delivery = await sdkDelivery(3_000)
  console.log(deliveryLines(delivery).join('\n'))
  for (const { protocol, signal, made, succeeded, stored, lost } of delivery.deliveries) {
    expect(lost, `${protocol} ${signal}`).toBe(0)
    // Half of it at least came before or after the restart, whatever the SDK gave up meanwhile.
    expect(succeeded, `${protocol} ${signal}`).toBeGreaterThan(made / 3)
    expect(stored, `${protocol} ${signal}`).toBeGreaterThanOrEqual(succeeded)
  }
  expect(delivery.deliveries).toHaveLength(SDK_PROTOCOLS.length * 3)
}, 180_000)
