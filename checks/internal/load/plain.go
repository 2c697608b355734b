package load

import (
	"errors"
	"io/fs"
	"os"
)

// maxSystemFile is longer than any of the system's own files that are read, in bytes.
const maxSystemFile = 4 << 20

// Plain refuses files that are no plain ones, or too long, where a library would
// read on for ever or wait for a writer that never comes. A file that is not there is
// for the reader to miss.
func Plain(paths ...string) error {
	for _, path := range paths {
		st, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if !st.Mode().IsRegular() || st.Size() > maxSystemFile {
			return errors.New(path + " is not what it should be")
		}
	}
	return nil
}
