import tseslint from 'typescript-eslint';

// Limits the guide sets: functions under 70 lines, files under 600, no focused or skipped tests, no console outside the edges.
const LINES_PER_FUNCTION_MAX = 70;
const LINES_PER_FILE_MAX = 600;

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'data/**', 'coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines-per-function': ['error', { max: LINES_PER_FUNCTION_MAX, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: LINES_PER_FILE_MAX }],
      'no-console': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.{spec,int-spec,e2e-spec}.ts', '**/contract/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|todo|failing)$/]',
          message: 'No focused or unfinished tests.',
        },
      ],
    },
  },
  {
    files: ['test/bench/**/*.ts', 'test/torture/**/*.ts', 'apps/**/main.ts', 'apps/city-demo/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { console: 'readonly', process: 'readonly' } } },
);
