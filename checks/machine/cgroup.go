package machine

import (
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
)

// cgroupRoot is where control groups of version 2 are mounted.
const cgroupRoot = "sys/fs/cgroup"

// maxFile bounds what is read of any control file, in bytes.
const maxFile = 64 << 10

// cpuQuota is how many processors this program's control group, or one above
// it, may use. ok is false where nothing limits it or there are no such groups.
func cpuQuota(root fs.FS) (processors float64, ok bool) {
	processors = math.Inf(1)
	for _, dir := range groups(root) {
		if q, limited := parseCPUMax(read(root, path.Join(dir, "cpu.max"))); limited {
			processors = min(processors, q)
		}
	}
	return processors, !math.IsInf(processors, 1)
}

// memoryLimit is how many bytes this program's control group may use, and how
// many of them are left; what can be given up at once (file cache) counts as left.
func memoryLimit(root fs.FS) (total, left float64, ok bool) {
	total, left = math.Inf(1), math.Inf(1)
	for _, dir := range groups(root) {
		limit, limited := parseBytes(read(root, path.Join(dir, "memory.max")))
		if !limited {
			continue
		}
		total = min(total, limit)
		if used, known := parseBytes(read(root, path.Join(dir, "memory.current"))); known {
			used -= parseStat(read(root, path.Join(dir, "memory.stat")), "inactive_file")
			left = min(left, max(0, limit-max(0, used)))
		}
	}
	return total, left, !math.IsInf(total, 1)
}

// groups are the folders of this program's control group and of those above it.
func groups(root fs.FS) []string {
	at, ok := parseMembership(read(root, "proc/self/cgroup"))
	if !ok {
		return nil
	}
	var all []string
	for {
		all = append(all, path.Join(cgroupRoot, at))
		if at == "/" {
			return all
		}
		at = path.Dir(at)
	}
}

// read is a control file's text; empty where there is none.
func read(root fs.FS, name string) string {
	data, err := fs.ReadFile(root, name)
	if err != nil || len(data) > maxFile {
		return ""
	}
	return string(data)
}

// parseMembership finds the version 2 line of /proc/self/cgroup, as "0::/user.slice".
func parseMembership(text string) (group string, ok bool) {
	for line := range strings.Lines(text) {
		if at, is := strings.CutPrefix(strings.TrimRight(line, "\n"), "0::"); is && strings.HasPrefix(at, "/") {
			return path.Clean(at), true
		}
	}
	return "", false
}

// parseCPUMax reads "QUOTA PERIOD" or "max PERIOD", both in microseconds.
func parseCPUMax(text string) (processors float64, limited bool) {
	f := strings.Fields(text)
	if len(f) != 2 {
		return 0, false
	}
	quota, err := strconv.ParseUint(f[0], 10, 53)
	period, err2 := strconv.ParseUint(f[1], 10, 53)
	if err != nil || err2 != nil || quota == 0 || period == 0 {
		return 0, false
	}
	return float64(quota) / float64(period), true
}

// parseBytes reads one plain number; "max" is no limit.
func parseBytes(text string) (bytes float64, ok bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 53)
	if err != nil {
		return 0, false
	}
	return float64(n), true
}

// parseStat finds one "name value" line; 0 where there is none.
func parseStat(text, name string) float64 {
	for line := range strings.Lines(text) {
		if v, is := strings.CutPrefix(line, name+" "); is {
			n, _ := parseBytes(v)
			return n
		}
	}
	return 0
}
