/** RFC 9457 problem details as the server sends them; any field may be missing when something in between answered. */
export interface ProblemBody {
  title?: unknown
  detail?: unknown
  status?: unknown
}

const FALLBACK: Record<number, [string, string]> = {
  0: ['连不上服务', '网络可能断开了，请检查网络后再试。'],
  404: ['没有找到这个页面', '它可能已经更名或停用，可以搜索一下。'],
  413: ['内容太长', '请把话说短一些再发。'],
  422: ['内容填写有误', '请检查后再试。'],
  429: ['操作太快了', '请稍等几秒再试。'],
  503: ['服务暂时不可用', '正在预热或维护，请稍后再试。'],
}

/** A failed call, in words a person can read. `status` 0: no answer came. */
export class ApiProblem extends Error {
  readonly status: number
  readonly title: string
  readonly detail: string

  constructor(status: number, title: string, detail: string, cause?: unknown) {
    super(`${title}：${detail}`, { cause })
    this.name = 'ApiProblem'
    this.status = status
    this.title = title
    this.detail = detail
  }

  static from(status: number, body: ProblemBody | undefined): ApiProblem {
    const [title, detail] = FALLBACK[status] ?? ['服务出错了', '请稍后再试，急事可拨打 12345。']
    const said = (value: unknown, otherwise: string): string =>
      typeof value === 'string' && value.trim() !== '' ? value : otherwise
    return new ApiProblem(status, said(body?.title, title), said(body?.detail, detail))
  }

  static unreachable(cause: unknown): ApiProblem {
    const [title, detail] = FALLBACK[0] as [string, string]
    return new ApiProblem(0, title, detail, cause)
  }

  static of(error: unknown): ApiProblem {
    return error instanceof ApiProblem ? error : ApiProblem.unreachable(error)
  }

  get isMissing(): boolean {
    return this.status === 404
  }

  /** Worth trying again a little later. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}
