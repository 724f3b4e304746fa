package fetch

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"docent"
)

// maxEntries is how many files an archive may have.
const maxEntries = 100_000

// fetchArchive unpacks a zip or tar archive, the latter packed by gzip or not.
// Only regular files are taken, and only those whose names stay below; where all
// are in one folder, that is the source's.
func fetchArchive(ctx context.Context, src Source, cfg Config, s *shelf) (out Result, err error) {
	const origin = "archive"
	s.forget(origin)
	file, err := os.Open(src.Archive)
	if err != nil {
		return out, failed("check the path; it is relative to the current folder", err, "the archive can't be read")
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	d, err := s.begin(cfg.Limits.TotalBytes)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	u := &unpacking{draft: d, cfg: cfg, tops: map[string]bool{}}
	if err := u.archive(ctx, file); err != nil {
		return out, err
	}
	if u.written == 0 {
		return out, failed("give a .zip, .tar or .tar.gz of the documentation", nil, "the archive holds no files that can be read")
	}
	pages, err := below(filepath.Join(d.files(), u.top()), src.Subdir)
	if info, statErr := os.Stat(pages); err == nil && (statErr != nil || !info.IsDir()) {
		err = failed("name a folder of the archive", statErr, "the archive has no folder %q", src.Subdir)
	}
	if err != nil {
		return out, err
	}
	inside, err := filepath.Rel(d.files(), pages)
	if err != nil {
		return out, err
	}
	for _, s := range u.skipped {
		if rel, err := filepath.Rel(filepath.ToSlash(inside), s.Path); err == nil && filepath.IsLocal(rel) {
			out.Skipped = append(out.Skipped, Skip{Path: filepath.ToSlash(rel), Reason: s.Reason})
		}
	}
	out.Warnings = u.warnings
	files, err := d.publish(state{Origin: origin})
	out.Dir = filepath.Join(files, inside)
	return out, err
}

// unpacking is an archive on its way into a folder.
type unpacking struct {
	draft            *draft
	cfg              Config
	entries, written int
	read             int64 // bytes that were unpacked, those of skipped files too
	tops             map[string]bool
	skipped          []Skip
	warnings         []docent.Warning
}

// top is the one folder that all files are in; "" where there is none.
func (u *unpacking) top() string {
	if len(u.tops) == 1 {
		for t := range u.tops {
			return t
		}
	}
	return ""
}

// archive unpacks a file by what it begins with.
func (u *unpacking) archive(ctx context.Context, file *os.File) error {
	begin := bufio.NewReader(file)
	sign, _ := begin.Peek(4)
	switch {
	case bytes.HasPrefix(sign, []byte("PK")):
		info, err := file.Stat()
		if err != nil {
			return err
		}
		return u.zip(ctx, file, info.Size())
	case bytes.HasPrefix(sign, []byte{0x1f, 0x8b}):
		unpacked, err := gzip.NewReader(begin)
		if err != nil {
			return broken(err)
		}
		return u.tar(ctx, unpacked)
	}
	return u.tar(ctx, begin)
}

func broken(err error) error {
	return failed("give a .zip, .tar or .tar.gz that is whole", err, "the archive can't be unpacked")
}

func (u *unpacking) zip(ctx context.Context, file io.ReaderAt, size int64) error {
	z, err := zip.NewReader(file, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return broken(err)
	}
	for _, f := range z.File {
		if f.Mode().IsDir() {
			continue
		}
		err := u.entry(ctx, f.Name, f.Mode().IsRegular(), int64(min(f.UncompressedSize64, 1<<62)), f.Open)
		if err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacking) tar(ctx context.Context, packed io.Reader) error {
	// What is skipped has to be unpacked, too: all of it is bounded.
	bounded := &io.LimitedReader{R: packed, N: u.cfg.Limits.TotalBytes + 1}
	t := tar.NewReader(bounded)
	for {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case bounded.N <= 0:
			return u.tooLarge()
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return broken(err)
		case h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader:
			continue
		}
		err = u.entry(ctx, h.Name, h.Typeflag == tar.TypeReg, h.Size, func() (io.ReadCloser, error) { return io.NopCloser(t), nil })
		if err != nil {
			return err
		}
	}
}

func (u *unpacking) tooLarge() error {
	return failed("leave out what is not documentation, or raise ingest.fetch.max_bytes", nil, "the archive holds more than %d bytes", u.cfg.Limits.TotalBytes)
}

// entry writes one file. An error ends the fetch.
func (u *unpacking) entry(ctx context.Context, name string, regular bool, size int64, open func() (io.ReadCloser, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if u.entries++; u.entries > maxEntries {
		return failed("leave out what is not documentation", nil, "the archive holds more than %d files", maxEntries)
	}
	name = strings.ReplaceAll(name, `\`, "/") // as some programs on Windows write them
	clean := path.Clean(name)
	if clean == "." || path.IsAbs(name) || !filepath.IsLocal(filepath.FromSlash(clean)) {
		u.warnings = append(u.warnings, docent.Warning{Message: fmt.Sprintf("%q in the archive leads out of it: it is left out", name)})
		return nil
	}
	if dotGit(clean) {
		return nil
	}
	top, _, in := strings.Cut(clean, "/")
	if !in {
		top = ""
	}
	u.tops[top] = true
	why, err := "a link or a device is not taken from an archive", error(nil)
	if regular {
		why, err = u.file(clean, size, open)
	}
	if why != "" && isPage(clean) {
		u.skipped = append(u.skipped, Skip{Path: clean, Reason: why})
	}
	if u.cfg.Progress != nil {
		u.cfg.Progress(u.entries, 0, clean)
	}
	return err
}

// file unpacks and writes a file. why says why it could not be.
func (u *unpacking) file(name string, size int64, open func() (io.ReadCloser, error)) (why string, err error) {
	limit := u.cfg.MaxFileBytes
	if size > limit {
		return fmt.Sprintf("%d bytes are more than ingest.max_file_bytes (%d)", size, limit), nil
	}
	r, err := open()
	if err != nil {
		return "it can't be unpacked", nil
	}
	content, err := readAtMost(r, limit)
	err = errors.Join(err, r.Close())
	if u.read += int64(len(content)); u.read > u.cfg.Limits.TotalBytes {
		return "", u.tooLarge()
	}
	if err != nil {
		return "it can't be unpacked: " + err.Error(), nil
	}
	if err := u.draft.write(name, content); err != nil {
		if docent.CodeOf(err) == docent.CodeInvalid {
			return "", err
		}
		return "its name is none on this system, or that of a folder", nil
	}
	u.written++
	return "", nil
}
