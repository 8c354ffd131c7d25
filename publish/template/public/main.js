// Blocks without a language are command lines and drawings: no language is guessed for them.
export default {
  configureHljs: hljs => hljs.configure({ languages: [] }),
}
