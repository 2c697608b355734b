package verifycmd

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// expand turns arguments into the names of files: a folder stands for the
// reports in it and below, a pattern for what it matches. many says that more than one file was meant.
func expand(args []string) (files []string, many bool, err error) {
	many = len(args) > 1
	for _, a := range args {
		st, err := os.Stat(a)
		switch {
		case err == nil && st.IsDir():
			many = true
			found, err := below(a)
			if err != nil {
				return nil, many, err
			}
			files = append(files, found...)
		case err == nil:
			files = append(files, a)
		case strings.ContainsAny(a, "*?["):
			many = true
			found, bad := filepath.Glob(a)
			if bad != nil {
				return nil, many, fmt.Errorf("%s: %w", a, bad)
			}
			if len(found) == 0 {
				return nil, many, fmt.Errorf("%s: nothing there has such a name", a)
			}
			files = append(files, found...)
		case len(args) > 1:
			files = append(files, a) // said to be missing in its turn; the others are looked at
		default:
			return nil, many, err
		}
	}
	if len(files) == 0 {
		return nil, many, fmt.Errorf("%s: no reports (.json, .txt, .pdf) in there", args[0])
	}
	return files, many, nil
}

// below are the files in a folder and its subfolders whose names end as reports' do.
func below(dir string) (files []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch strings.ToLower(filepath.Ext(path)) {
		case ".json", ".txt", ".pdf":
			if d.Type().IsRegular() {
				files = append(files, path)
			}
		}
		return nil
	})
	return files, err
}
