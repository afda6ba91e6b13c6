# shellcheck shell=bash
# configure_build DIR LOGFOLDER MESON_OPTION...: once for each folder; with mold and ccache where they are.
configure_build() {
  local folder=$1 logs=$2
  shift 2
  if [[ -f $folder/build.ninja ]]; then
    return
  fi
  local linker=()
  if command -v mold >/dev/null; then linker=(CXX_LD=mold); fi
  run_step "Configuring ${folder#"$repository"/}" "$logs/configure-${folder##*/}.log" \
    env "${linker[@]}" meson setup "$folder" "$repository" "$@"
}

# compile DIR LOGFOLDER TARGET...
compile() {
  local folder=$1 logs=$2
  shift 2
  run_step "Building ${folder#"$repository"/}" "$logs/build-${folder##*/}.log" ninja -C "$folder" "$@"
}
