import type { Place, Word } from './words.js';

/** The script of each shell that completes the command line `breakwater`. */
export const SCRIPTS: Readonly<Record<string, (places: readonly Place[]) => string>> = { bash, zsh, fish };

function bash(places: readonly Place[]): string {
  const cases = places.map(({ path, words }) => `    ${path}) words=${quoted(names(words))} ;;`);
  return `# breakwater completion bash: source it, or write it into a folder that bash-completion reads.
_breakwater() {
  local at=breakwater index words
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$at/\${COMP_WORDS[index]}" in
      ${commands(places).join(' | ')}) at="$at/\${COMP_WORDS[index]}" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _breakwater breakwater
`;
}

function zsh(places: readonly Place[]): string {
  const described = ({ word, description }: Word): string =>
    quoted(`${word.replaceAll(':', '\\:')}:${description.replaceAll(':', '\\:')}`);
  const cases = places.map(({ path, words }) => `    ${path}) found=(${words.map(described).join(' ')}) ;;`);
  return `#compdef breakwater
# breakwater completion zsh: write it as _breakwater into a folder of $fpath, or source it.
_breakwater() {
  local at=breakwater word
  local -a found
  for word in \${words[2,CURRENT-1]}; do
    case "$at/$word" in
      ${commands(places).join(' | ')}) at="$at/$word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  _describe breakwater found || _files
}
if [ "$funcstack[1]" = _breakwater ]; then _breakwater "$@"; else compdef _breakwater breakwater; fi
`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words }) =>
    words.map(
      ({ word, description }) =>
        `complete -c breakwater -n ${quoted(`test (__breakwater_at) = ${path}`)} -a ${quoted(word)} -d ${fishQuoted(description)}`,
    ),
  );
  return `# breakwater completion fish: write it into ~/.config/fish/completions/breakwater.fish.
function __breakwater_at
  set -l at breakwater
  for word in (commandline -opc)[2..]
    switch "$at/$word"
      case ${commands(places).join(' ')}
        set at "$at/$word"
    end
  end
  echo $at
end
${lines.join('\n')}
`;
}

function commands(places: readonly Place[]): string[] {
  return places.slice(1).map(({ path }) => path);
}

function names(words: readonly Word[]): string {
  return words.map(({ word }) => word).join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
