package landing

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// download is one file that is offered.
type download struct {
	Name, Address string
	// Size is as people read it, as "32 MB".
	Size    string
	ending  int  // its place among the system's endings
	arm     bool // it is for processors of that kind
	changed time.Time
}

// offered are the downloads for one system.
type offered struct {
	System string
	Files  []download
}

// fileName is how the files are named that are served: nothing that leads anywhere else, or is hidden.
var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+~-]{0,199}$`)

// program is what the names of the applicant's program begin with; others are of a release, too, and for recruiters.
var program = regexp.MustCompile(`^linecheck[-_.0-9]`)

// ours is what the names of the recruiter's own files begin with.
var ours = regexp.MustCompile(`^linecheck-(recruiter|verify)`)

// downloads are the programs in the folder, by system; systems without any are left out.
func (p *Pages) downloads(megabytes string) ([]offered, error) {
	entries, err := os.ReadDir(p.Downloads)
	if errors.Is(err, fs.ErrNotExist) || p.Downloads == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []offered
	for _, s := range systems() {
		o := offered{System: s.name}
		for _, e := range entries {
			i := slices.IndexFunc(s.endings, func(end string) bool { return strings.HasSuffix(e.Name(), end) })
			if i < 0 || !e.Type().IsRegular() || !fileName.MatchString(e.Name()) || !program.MatchString(e.Name()) || ours.MatchString(e.Name()) {
				continue
			}
			info, err := e.Info()
			if err != nil { // taken away meanwhile
				continue
			}
			o.Files = append(o.Files, download{
				Name: e.Name(), Address: DownloadPrefix + url.PathEscape(e.Name()), Size: strconv.FormatInt((info.Size()+999_999)/1_000_000, 10) + " " + megabytes,
				ending: i, changed: info.ModTime(), arm: strings.Contains(e.Name(), "arm64") || strings.Contains(e.Name(), "aarch64"),
			})
		}
		slices.SortStableFunc(o.Files, func(a, b download) int {
			if a.ending != b.ending {
				return a.ending - b.ending
			}
			switch { // what most people have comes first
			case a.arm && !b.arm:
				return 1
			case b.arm && !a.arm:
				return -1
			}
			return b.changed.Compare(a.changed) // the newest first
		})
		if len(o.Files) > 0 {
			list = append(list, o)
		}
	}
	return list, nil
}

// patience bounds how long a download may take: the lines that are to be checked may be slow.
const patience = time.Hour

// download answers with a file that lies directly in the folder.
func (p *Pages) download(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	f, info, err := p.openFile(name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			p.Log.Error("a download", "error", err)
		}
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	defer f.Close()
	// Where the server bounds how long an answer may take, this one may take longer.
	if err := http.NewResponseController(w).SetWriteDeadline(p.now().Add(patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		p.Log.Error("a download", "error", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache") // a new version may come under the same name
	http.ServeContent(w, r, "", info.ModTime(), f)
}

// openFile opens a regular file directly in the folder; [fs.ErrNotExist] for anything else.
func (p *Pages) openFile(name string) (*os.File, fs.FileInfo, error) {
	if p.Downloads == "" || !fileName.MatchString(name) {
		return nil, nil, fs.ErrNotExist
	}
	folder, err := os.OpenRoot(p.Downloads)
	if err != nil {
		return nil, nil, err
	}
	defer folder.Close()
	// What is no regular file is not even opened: a pipe would wait for who writes into it.
	before, err := folder.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, nil, fs.ErrNotExist
	}
	f, err := folder.Open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !os.SameFile(before, info) { // exchanged in between
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}
