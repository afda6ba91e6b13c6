# shellcheck shell=bash
# How the scripts build: each room as one unit, which compiles everything in a third of the time that its files take one by
# one; with mold where it is. Meson finds ccache by itself.
fast_build=(--unity=on -Dunity_size=1000 -Db_pch=false)

# One script at a time works in a build folder, hence flock: ninja does not look for others, and Meson does not wait for them.

# configure_build DIR LOGFOLDER MESON_OPTION...: once for each folder.
configure_build() {
  local folder=$1 logs=$2
  shift 2
  if [[ -f $folder/build.ninja ]]; then
    return
  fi
  local linker=()
  if command -v mold >/dev/null; then linker=(CXX_LD=mold); fi
  mkdir -p "$folder" || fail "cannot write to $folder"
  run_step "Configuring ${folder#"$repository"/}" "$logs/configure-${folder##*/}.log" \
    flock --no-fork "$folder" env "${linker[@]}" meson setup "$folder" "$repository" "$@"
}

# compile DIR LOGFOLDER TARGET...: or all targets, if none is named.
compile() {
  local folder=$1 logs=$2 title
  shift 2
  title="Building ${folder#"$repository"/}"
  if [[ ! -f $folder/.ninja_log ]]; then title+=", which takes some minutes the first time"; fi
  run_step "$title" "$logs/build-${folder##*/}.log" flock --no-fork "$folder" ninja -C "$folder" "$@"
}
