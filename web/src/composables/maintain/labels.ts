import type { Tone } from '@/lib/labels'

export const RECORD_KINDS = ['item', 'bundle', 'faq', 'policy', 'place', 'material', 'rehearsal', 'fact', 'source', 'city', 'synonym', 'curation', 'denial'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

export const RECORD_LABEL: Record<RecordKind, string> = {
  item: '事项', bundle: '一件事', faq: '常见问题', policy: '政策', place: '办事地点', material: '材料', rehearsal: '网上申报演练', fact: '要问的情况', source: '依据',
  city: '城市', synonym: '同义词', curation: '置顶和不显示', denial: '不予提示的词',
}

/** Kinds that say something of the search itself. */
export const SEARCH_KINDS = ['curation', 'synonym', 'denial'] as const
export type SearchKind = (typeof SEARCH_KINDS)[number]

export function isSearchKind(value: unknown): value is SearchKind {
  return SEARCH_KINDS.some((kind) => kind === value)
}

export function isRecordKind(value: unknown): value is RecordKind {
  return typeof value === 'string' && value in RECORD_LABEL
}

export function kindLabel(kind: string): string {
  return isRecordKind(kind) ? RECORD_LABEL[kind] : kind
}

/** Kinds that applicants find by searching. */
export const SEARCHED: readonly string[] = ['item', 'bundle', 'faq', 'policy', 'material', 'place']

export const STATE: Record<string, { label: string; tone: Tone }> = {
  draft: { label: '草稿', tone: 'amber' },
  in_review: { label: '待审核', tone: 'coral' },
  reviewed: { label: '已审核，待发布', tone: 'sky' },
  published: { label: '已发布', tone: 'leaf' },
  retired: { label: '旧版', tone: 'sea' },
}

/** Author of what came with the program. */
const SEEDER = 'seed'

export function person(name: string): string {
  return name === SEEDER ? '随程序提供' : name
}

export const ROLE_LABEL: Record<string, string> = { editor: '编辑', reviewer: '审核员', administrator: '管理员' }

export const SEVERITY: Record<string, { label: string; tone: Tone }> = {
  error: { label: '错误', tone: 'coral' },
  warning: { label: '警告', tone: 'amber' },
  notice: { label: '提示', tone: 'sky' },
}

export const ACTION: Record<string, string> = {
  save: '保存', submit: '提交审核', approve: '审核通过', send_back: '退回', publish: '发布', schedule: '定时发布', expire: '停用',
  schedule_expiry: '定时停用', publish_directly: '直接发布',
}

const FIELD: Record<string, string> = {
  id: '编号', name: '名称', title: '标题', label: '叫法', aliases: '别名（老百姓怎么叫）', summary: '一句话说明', basic_code: '基本编码',
  item_type: '事项类型', level: '行使层级',
  audiences: '服务对象', topics: '主题', life_events: '人生事件', department: '主管部门', joint_departments: '联办部门',
  legal_basis: '设定依据', scope: '通办范围',
  appointment: '可以预约', express: '可以快递', questions: '要问的问题', outcomes: '不用办或办不了', handling_items: '办理项',
  handled_at: '在哪类地点办', implementations: '各区不同之处',
  next_items: '办完常接着办', popularity: '常办程度（0 到 1）', validity: '有效期与核对', case_type: '办件类型', conditions: '受理条件',
  materials: '申请材料', steps: '办理步骤',
  fee: '收费', limits: '办理时限', special_procedures: '不计入时限的环节', visits: '到场次数', forms: '办理形式', online: '网上办理',
  result: '办理结果', notes: '注意事项',
  material: '材料', reason: '理由', when: '什么情形下', submission: '提交要求', originals: '原件份数', copies: '复印件份数',
  form: '材料形式', acceptance: '受理标准', basis: '依据',
  source: '依据文件', article: '条款', gist: '要点', text: '内容', office: '办理单位', days: '用时', unit: '单位', charged: '是否收费',
  lines: '收费项', online_payment: '可以网上缴费',
  note: '备注', amount: '金额（元）', reduction: '减免', kind: '类别', number: '数量', where: '在哪里办', url: '网址',
  mobile_url: '手机网址', depth: '网办深度', sample: '样本', target: '改办哪个事项',
  code: '编码', effective: '生效日期', expires: '失效日期', checked_on: '核对日期', checked_by: '核对人', fact: '问哪个情况', why: '为什么',
  options: '选项', value: '取值', range: '范围', share: '占比', hint: '提示',
  places: '办事地点', phones: '电话', item: '事项', items: '相关事项', after: '要先办完', preset: '已经确定的情况', question: '问题',
  phrasings: '别的问法', answer: '回答', paragraphs: '正文段落',
  region: '所在区', address: '地址', hours: '办公时间', windows: '窗口', coordinates: '坐标（经度、纬度）', services: '能办什么',
  directions: '怎么走', issuer: '发证或发文单位', how_to_get: '怎么取得', blank_form: '空白表格',
  filling_notes: '填写须知', e_licence: '有电子证照', type: '类型', synonyms: '别的说法', choices: '可选的值',
  yes_synonyms: '表示“是”的说法', no_synonyms: '表示“否”的说法', yes_range: '“是”的范围', yes_label: '“是”怎么写', no_label: '“否”怎么写',
  help: '帮助',
  regions: '各区', departments: '部门', place_kinds: '地点类别', channels: '渠道', consultation_phone: '咨询电话',
  complaint_phone: '投诉电话', sample_notice: '示例说明', unsourced: '没有来源时怎么写',
  immediate_within_working_days: '即办件最多几个工作日',
  benefit: '能得到什么', who: '给谁', paid: '怎么发', deadline: '截止', apply: '怎么申请', entitlement: '申领方式', period: '多久一次',
  most: '是上限', alternatives: '满足其中一组就行', data_source: '从哪里核对', link: '链接',
  said: '说法（老百姓怎么说）', official: '意思（官方叫法）', both_ways: '双向：互相都算', instead: '代替随程序提供的意思',
  queries: '搜的话', match: '怎样才算', pinned: '置顶的内容（按顺序）', excluded: '不显示的内容', phrases: '不提示的词（含有就不提示）',
  lifted: '放行的词（随程序提供的里，可以提示的）',
  channel: '渠道', aim: '网上能办到哪一步', entry: '真正申请从哪里进', before: '手边要备好的', screens: '屏', purpose: '这一屏为了什么', fields: '字段',
  required: '必须填', example: '示例（一看就是假的）', checks: '检查', check: '查什么', pattern: '写法', megabytes: '最多几 MB', types: '收哪些格式', field: '哪个字段',
  mistakes: '常见错误', wrong: '错在哪', consequence: '结果怎样', right: '应该怎样',
  short: '简称', parent: '上级', audience: '对象', description: '说明', phone: '电话',
}

const OF_MODEL: Record<string, string> = {
  'Source.number': '文号', 'Policy.number': '措施序号', 'Visits.number': '次数', 'Limit.number': '天数',
  'Limit.kind': '法定还是承诺', 'Validity.effective': '从哪天起有效', 'Result.validity': '证照有效期',
  'Bundle.items': '包含的事项', 'BundleItem.why': '为什么要办', 'Bundle.basis': '依据', 'Question.text': '问法（不填用默认）',
  'Question.why': '为什么问', 'Fact.question': '怎么问', 'SpecialOutcome.kind': '结果', 'SpecialOutcome.text': '怎么告诉申请人',
  'HandlingItem.when': '什么情形属于这个办理项', 'FeeLine.name': '收费名称', 'FeeLine.text': '说明', 'FeeLine.unit': '计费单位',
  'Step.name': '步骤', 'Step.text': '怎么做', 'Condition.text': '条件', 'Option.label': '选项怎么写', 'Place.kind': '地点类别',
  'Region.code': '区划代码', 'Benefit.amount': '给多少', 'BenefitAmount.number': '数额', 'Faq.topics': '主题',
  'Curation.regions': '只对这些区（不选就都算）', 'Curation.audiences': '只对这些对象（不选就都算）',
  'Rehearsal.handling_items': '哪些办理项（不填是全部）', 'Rehearsal.after': '提交以后', 'FormField.where': '在哪里看', 'FormField.kind': '填什么',
  'FormField.material': '照着哪份材料', 'FormField.when': '选了什么才出现', 'Screen.when': '选了什么才出现', 'FieldCheck.field': '和哪个字段比',
  'FieldCheck.text': '没通过时怎么说（不填用默认）',
}

const CODE: Record<string, string> = {
  person: '个人', business: '企业', immediate: '即办件', promised: '承诺件', window: '窗口', online: '网上', mobile: '手机',
  mail: '邮寄', self_service: '自助机',
  required: '必须提交', optional: '可以不交', deferrable: '可以容缺后补', commitment: '可以承诺代替', exempt: '免提交', paper: '纸质',
  electronic: '电子', both: '纸质或电子',
  working_days: '工作日', days: '天', months: '个月', hours: '小时', statutory: '法定', nation: '全国', province: '全省',
  city: '全市', county: '区县', zone: '功能区', consult: '只能咨询', submit: '网上提交', full: '全程网办',
  certificate: '证件证书证明', form: '申请表格', other: '其他', approval: '批文', filing: '备案', payment: '款项', not_needed: '不用办',
  not_eligible: '办不了', other_item: '该办另一个事项',
  once: '一次', day: '每天', month: '每月', year: '每年', automatic: '免申即享', fast: '快申快享', ordinary: '一般申请',
  choice: '选一个', quantity: '数量', date: '日期', region: '地区', yes_no: '是或否', app: '应用', wechat: '微信', web: '网站',
  phone: '电话', place: '地点', handle: '可以办理', exact: '正好是这句话（不算客套话和标点）', contains: '含有这句话',
  terms: '这些词都有（词之间空一格）',
  national: '全国应用', book: '只能预约', long_text: '一段话', number: '数字', id_number: '身份证号', credit_code: '统一社会信用代码',
  bank_card: '银行卡号', file: '文件', confirmation: '勾选确认', length: '字数', range: '数的范围', age: '年龄', not_future: '不晚于今天',
  not_past: '不早于今天', same_as: '和另一个一样', differs_from: '和另一个不一样', written_as: '写法',
}
const CODE_OF: Record<string, Record<string, string>> = {
  item_type: {
    '01': '行政许可', '02': '行政处罚', '03': '行政强制', '04': '行政征收', '05': '行政给付', '06': '行政检查', '07': '行政确认',
    '08': '行政奖励', '09': '行政裁决', '10': '其他行政权力', '20': '公共服务',
  },
  level: { 1: '国家', 2: '省', 3: '市', 4: '县', 5: '镇街', 6: '村社区' },
  kind: { promised: '承诺', city: '市', county: '县区', text: '文字', mobile: '手机号' },
  aim: { apply: '可以申请' },
  check: { after: '晚于另一个' },
  depth: { '': '没有写' },
}

/** Field names in Chinese; a field that the schema got later shows its own name until it is given one here. */
export function fieldLabel(name: string, model = ''): string {
  return OF_MODEL[`${model}.${name}`] ?? FIELD[name] ?? name
}

export function codeLabel(field: string, value: string): string {
  return CODE_OF[field]?.[value] ?? CODE[value] ?? value
}

/** `fee.lines.0.amount` → 收费 › 收费项 1 › 金额（元） */
export function pathLabel(path: string): string {
  const said: string[] = []
  for (const step of path.split('.').filter(Boolean)) {
    if (/^\d+$/.test(step) && said.length) said[said.length - 1] += ` ${String(Number(step) + 1)}`
    else said.push(fieldLabel(step))
  }
  return said.join(' › ')
}

/** Which kind's names a field holds ids of; empty where it holds none. */
export function refersTo(name: string, model: string): string {
  if (model === 'Bundle' && name === 'items') return ''
  const named: Record<string, string> = {
    material: 'material', source: 'source', item: 'item', items: 'item', next_items: 'item', target: 'item',
    after: 'item', places: 'place', fact: 'fact',
    topics: 'topic', life_events: 'life_event', department: 'department', joint_departments: 'department',
    handled_at: 'place_kind', parent: 'region', pinned: 'record', excluded: 'record',
  }
  if (model === 'Rehearsal' && name === 'after') return ''
  if (model === 'Rehearsal' && name === 'channel') return 'channel'
  if (model === 'Place') return ({ kind: 'place_kind', region: 'region' })[name] ?? named[name] ?? ''
  if (model === 'CityInfo') return ''
  if (name === 'regions') return 'region'
  return named[name] ?? ''
}
