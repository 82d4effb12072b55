import pluginVue from 'eslint-plugin-vue'
import a11y from 'eslint-plugin-vuejs-accessibility'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist', 'src/api/schema.d.ts', 'node_modules'] },
  ...tseslint.configs.strict,
  ...pluginVue.configs['flat/recommended'],
  ...a11y.configs['flat/recommended'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  {
    rules: {
      'vue/no-v-html': 'error',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['warn', { html: { void: 'always', normal: 'never', component: 'always' } }],
      'vue/multi-word-component-names': 'off',
      'vue/attributes-order': 'off',
      'max-lines': ['error', 250],
      'vuejs-accessibility/heading-has-content': ['error', { accessibleChildren: ['RouterLink', 'MarkedText', 'SituationLine'] }],
      // A label wraps its control or names it by id; both are accessible.
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
    },
  },
)
