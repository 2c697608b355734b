package machine

import (
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// maxFile bounds what is read of any control file, in bytes.
const maxFile = 64 << 10

// cpuQuota is how many processors this program's control group, or one above
// it, may use. ok is false where nothing limits it or there are no such groups.
func cpuQuota(root fs.FS) (processors float64, ok bool) {
	processors = math.Inf(1)
	for _, g := range groups(root, "cpu") {
		text := read(root, path.Join(g.dir, "cpu.max"))
		if g.first {
			text = read(root, path.Join(g.dir, "cpu.cfs_quota_us")) + " " + read(root, path.Join(g.dir, "cpu.cfs_period_us"))
		}
		if q, limited := parseCPUMax(text); limited {
			processors = min(processors, q)
		}
	}
	return processors, !math.IsInf(processors, 1)
}

// memoryLimit is how many bytes this program's control group may use, and how
// many of them are left; what can be given up at once (file cache) counts as left.
func memoryLimit(root fs.FS) (total, left float64, ok bool) {
	total, left = math.Inf(1), math.Inf(1)
	for _, g := range groups(root, "memory") {
		limitFile, usedFile, cache := "memory.max", "memory.current", "inactive_file"
		if g.first {
			limitFile, usedFile, cache = "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
		}
		limit, limited := parseBytes(read(root, path.Join(g.dir, limitFile)))
		if !limited || limit > maxBytes { // version 1 has a number for no limit
			continue
		}
		total = min(total, limit)
		if used, known := parseBytes(read(root, path.Join(g.dir, usedFile))); known {
			used -= parseStat(read(root, path.Join(g.dir, "memory.stat")), cache)
			left = min(left, max(0, limit-max(0, used)))
		}
	}
	return total, left, !math.IsInf(total, 1)
}

// group is the folder of a control group.
type group struct {
	dir string
	// first: it is of version 1, which has other files.
	first bool
}

// groups are the folders of this program's control groups for a controller, of
// both versions, and of those above them as far as they can be seen from here.
func groups(root fs.FS, controller string) (all []group) {
	membership := read(root, "proc/self/cgroup")
	for _, h := range hierarchies(root) {
		at, ok := parseMembership(membership, "")
		if h.controllers != nil {
			at, ok = parseMembership(membership, controller)
			ok = ok && slices.Contains(h.controllers, controller)
		}
		if !ok {
			continue
		}
		// What is mounted may be a part of the tree alone, with this program's group at its top.
		rest, below := strings.CutPrefix(at+"/", strings.TrimSuffix(h.root, "/")+"/")
		for at = path.Clean("/" + rest); ; at = path.Dir(at) {
			if !below {
				at = "/"
			}
			all = append(all, group{dir: strings.TrimPrefix(path.Join(h.mount, at), "/"), first: h.controllers != nil})
			if at == "/" {
				break
			}
		}
	}
	return all
}

// hierarchy is a mounted tree of control groups.
type hierarchy struct {
	// mount is where, and root which part of the tree.
	mount, root string
	// controllers are those of a tree of version 1; nil for version 2.
	controllers []string
}

// hierarchies finds the trees among the mounts (proc_pid_mountinfo(5)); where
// none is told, the usual place of version 2.
func hierarchies(root fs.FS) (all []hierarchy) {
	for line := range strings.Lines(read(root, "proc/self/mountinfo")) {
		mount, kind, ok := strings.Cut(line, " - ")
		m, k := strings.Fields(mount), strings.Fields(kind)
		if !ok || len(m) < 5 || len(k) < 3 || !strings.HasPrefix(m[4], "/") {
			continue
		}
		switch k[0] {
		case "cgroup2":
			all = append(all, hierarchy{mount: m[4], root: m[3]})
		case "cgroup":
			all = append(all, hierarchy{mount: m[4], root: m[3], controllers: strings.Split(k[2], ",")})
		}
	}
	if len(all) == 0 {
		return []hierarchy{{mount: "/sys/fs/cgroup", root: "/"}}
	}
	return all
}

// read is a control file's text; empty where there is none.
func read(root fs.FS, name string) string {
	data, err := fs.ReadFile(root, name)
	if err != nil || len(data) > maxFile {
		return ""
	}
	return string(data)
}

// parseMembership finds a line of /proc/self/cgroup: that of a controller of version 1, as
// "4:cpu,cpuacct:/user.slice", or without one that of version 2, as "0::/user.slice".
func parseMembership(text, controller string) (group string, ok bool) {
	for line := range strings.Lines(text) {
		f := strings.SplitN(strings.TrimRight(line, "\n"), ":", 3)
		if len(f) != 3 || !strings.HasPrefix(f[2], "/") {
			continue
		}
		if controller == "" && f[0] == "0" && f[1] == "" || controller != "" && slices.Contains(strings.Split(f[1], ","), controller) {
			return path.Clean(f[2]), true
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
