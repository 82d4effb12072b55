/** 2023-12-01 → 2023年12月1日; anything else as it is. */
export function dateText(iso: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso) ?? []
  return year && month && day ? `${year}年${String(Number(month))}月${String(Number(day))}日` : iso
}
