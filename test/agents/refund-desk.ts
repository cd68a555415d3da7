/** The tools' own work, the same for every agent here. */
const REFUND_LIMIT_USD = 100

export const lookupOrder = (orderId: string) => ({ order_id: orderId, status: 'delivered', total_usd: 900 })

/** @throws above what the desk may refund without a colleague */
export const issueRefund = (amountUsd: number) => {
  if (amountUsd > REFUND_LIMIT_USD) throw new Error(`refunds over $${REFUND_LIMIT_USD} need a colleague`)
  return { refunded_usd: amountUsd }
}
