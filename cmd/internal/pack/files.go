package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

func epoch(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func writeFile(to string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

func copyFile(from, to string, mode fs.FileMode) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := writeFile(to, data); err != nil {
		return err
	}
	return os.Chmod(to, mode)
}

// plain gives everything in a tree the modes of a package, whatever the mask of whoever makes it.
func plain(tree string) error {
	return filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if d.IsDir() || info.Mode()&0o100 != 0 {
			mode = 0o755
		}
		return os.Chmod(path, mode)
	})
}

// output is what a command prints.
func output(name string, args ...string) (string, error) {
	var complaint bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(name), err, complaint.String())
	}
	return string(out), nil
}

// gzipAll compresses the files of a folder, without names and times.
func gzipAll(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var packed bytes.Buffer
		if err := gzipped(&packed, func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
			return err
		}
		if err := cmp.Or(os.WriteFile(path+".gz", packed.Bytes(), 0o644), os.Remove(path)); err != nil {
			return err
		}
	}
	return nil
}

func gzipped(w io.Writer, fill func(io.Writer) error) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	return cmp.Or(fill(z), z.Close())
}

// entry is one file of a tree.
type entry struct {
	name    string // with slashes, from the tree's root
	data    []byte
	program bool
	link    string // what it is another name of; then there is no data
}

// walk visits the files of a tree in the order of their names.
func walk(tree string, visit func(entry) error) error {
	return filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(tree, path)
		if err != nil {
			return err
		}
		one := entry{name: filepath.ToSlash(name), program: info.Mode()&0o100 != 0}
		if info.Mode()&fs.ModeSymlink != 0 {
			one.link, err = os.Readlink(path)
		} else {
			one.data, err = os.ReadFile(path)
		}
		if err != nil {
			return err
		}
		return visit(one)
	})
}

// mode is that of a file in an archive.
func mode(program bool) fs.FileMode {
	if program {
		return 0o755
	}
	return 0o644
}

// tarball packs a tree below a folder of that name.
func (r *release) tarball(tree, name, to string) error {
	var packed bytes.Buffer
	err := gzipped(&packed, func(z io.Writer) error {
		w := tar.NewWriter(z)
		err := walk(tree, func(e entry) error {
			h := &tar.Header{Typeflag: tar.TypeReg, Name: name + "/" + e.name, Size: int64(len(e.data)), Mode: int64(mode(e.program)), ModTime: r.when, Uname: "root", Gname: "root", Format: tar.FormatUSTAR}
			if e.link != "" {
				h.Typeflag, h.Linkname, h.Mode = tar.TypeSymlink, e.link, 0o777
			}
			if err := w.WriteHeader(h); err != nil {
				return err
			}
			_, err := w.Write(e.data)
			return err
		})
		return cmp.Or(err, w.Close())
	})
	if err != nil {
		return err
	}
	return writeFile(to, packed.Bytes())
}

// zipped packs a tree below a folder of that name.
func (r *release) zipped(tree, name, to string) error {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	err := walk(tree, func(e entry) error {
		h := &zip.FileHeader{Name: name + "/" + e.name, Method: zip.Deflate, Modified: r.when.UTC()}
		h.SetMode(mode(e.program))
		f, err := w.CreateHeader(h)
		if err != nil {
			return err
		}
		_, err = f.Write(e.data)
		return err
	})
	if err := cmp.Or(err, w.Close()); err != nil {
		return err
	}
	return writeFile(to, packed.Bytes())
}
