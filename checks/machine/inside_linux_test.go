package machine

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/strict"
)

// insideVariable tells the test's own program to run the checks and print what they saw.
const insideVariable = "LINECHECK_TEST_INSIDE"

func TestMain(m *testing.M) {
	if table := os.Getenv(insideVariable); table != "" {
		inside(table)
		return
	}
	os.Exit(m.Run())
}

// inside runs the three checks and prints the evidence of each on a line.
func inside(table string) {
	text, _ := os.ReadFile(table)
	cpu := NewCPU(false)
	cpu.part, _ = strconv.ParseFloat(os.Getenv(insideVariable+"_PART"), 64)
	r := &checks.Runner{Emit: func(checks.Event) {}}
	for _, c := range []checks.Check{NewSystem(SystemConfig{Table: text}), NewMemory(), cpu} {
		for _, res := range r.Run(context.Background(), []checks.Check{c}) {
			line, err := strict.Encode(res.Evidence)
			if err != nil {
				line = []byte(err.Error())
			}
			fmt.Println(string(line))
		}
	}
}

// place is where the checks run: a world that a script makes before it starts them.
type place struct {
	script  string
	part    float64 // of their usual length
	elapsed time.Duration
	rss     int64 // at most, in bytes
}

// run starts the checks after the script, which finds its files in the folder
// $here, and returns what they saw, by check.
func (p *place) run(t *testing.T) map[string]report.Evidence {
	t.Helper()
	here, err := os.MkdirTemp("", "linecheck-inside-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(here) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, table := filepath.Join(here, "program"), filepath.Join(here, "systems.json")
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{program: binary, table: systems(t)} {
		if err := os.WriteFile(path, data, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(here, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "unshare", "--mount", "sh", "-euc", "ulimit -v 4000000; "+p.script)
	cmd.Env = append(os.Environ(), "here="+here, "program="+program, insideVariable+"="+table, fmt.Sprintf("%s_PART=%v", insideVariable, p.part))
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	begin := time.Now()
	err = cmd.Run()
	p.elapsed = time.Since(begin)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), said.String())
	}
	p.rss = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	seen := map[string]report.Evidence{}
	lines := bufio.NewScanner(&out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e report.Evidence
		if err := strict.Decode(lines.Bytes(), 1<<20, &e); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		if err := e.WellFormed(); err != nil {
			t.Error(err)
		}
		seen[e.Check] = e
	}
	if len(seen) != 3 {
		t.Fatalf("%d checks told something\n%s", len(seen), said.String())
	}
	return seen
}

func needsRoot(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts programs of its own; left out with -short")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root may mount")
	}
}

// A /proc that lies, floods, blocks or is not there: no crash, no nonsense, and
// what could not be read is said.
func TestHostileProc(t *testing.T) {
	needsRoot(t)
	const files = `/proc/stat /proc/cpuinfo /proc/meminfo /proc/vmstat /proc/pressure/memory /etc/os-release`
	// The library reads /proc/stat as the program starts, whatever it is: one that
	// never ends ends the program.
	const unending = `/proc/cpuinfo /proc/meminfo /proc/vmstat /proc/pressure/memory /etc/os-release`
	over := func(make, files string) string {
		return make + `; for f in ` + files + `; do [ ! -e $f ] || mount --bind $here/bad $f; done; exec $program`
	}
	for name, tt := range map[string]struct {
		script string
		unread string // of the processor's check, among others
	}{
		"empty":        {over(`: > $here/bad`, files), "load"},
		"noise":        {over(`head -c 60000 /dev/urandom > $here/bad`, files), "load"},
		"huge numbers": {over(`for w in cpu cpu0 cpu1 MemTotal: MemAvailable: processor; do echo "$w 99999999999999999999999 -1 1e309 NaN : x"; done > $here/bad`, files), "load"},
		"torn lines":   {over(`printf 'cpu\ncpu0\ncpu1 1\nprocessor:\nprocessor : x\nMemTotal:\nMemTotal: kB\n:::\nID=\nsome\n' > $here/bad`, files), "load"},
		"endless":      {over(`ln -s /dev/zero $here/bad; touch $here/x`, unending), "model"},
		"too long":     {over(`truncate -s 3G $here/bad`, unending), "model"},
		"a pipe":       {over(`mkfifo $here/bad`, unending), "model"},
		"forbidden": {`: > $here/bad; chmod 0 $here/bad; for f in ` + files + `; do [ ! -e $f ] || mount --bind $here/bad $f; done
			exec setpriv --reuid=65534 --regid=65534 --clear-groups $program`, "load"},
		"no proc at all": {`mount -t tmpfs none /proc; exec $program`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := place{script: tt.script, part: 0.1}
			seen := p.run(t)
			if p.elapsed > 15*time.Second || p.rss > 300<<20 {
				t.Errorf("took %v and %d MB", p.elapsed, p.rss>>20)
			}
			cpu, memory, system := seen[CPUCheck], seen[MemoryCheck], seen[SystemCheck]
			if cpu.Outcome != report.Measured || system.Outcome != report.Measured {
				t.Errorf("%s %s, %s %s", cpu.Outcome, cpu.Reason, system.Outcome, system.Reason)
			}
			if memory.Outcome == report.Measured || memory.Reason != "machine.memory.unknown" || memory.Fault != report.FaultUs {
				t.Errorf("memory: %s %s %v", memory.Outcome, memory.Reason, memory.Metrics)
			}
			if tt.unread != "" && !slices.Contains(strings.Fields(cpu.Facts[report.UnreadFact]), tt.unread) {
				t.Errorf("unread: %q", cpu.Facts[report.UnreadFact])
			}
			if name == "forbidden" && !slices.Contains(strings.Fields(system.Facts[report.UnreadFact]), "release") {
				t.Errorf("unread of the system: %q", system.Facts[report.UnreadFact])
			}
			if _, ok := cpu.Metric("machine.cpu.load.ratio"); ok && tt.unread != "model" {
				t.Error("a load, of nothing")
			}
			if _, ok := cpu.Metric("machine.cpu.score.single"); !ok {
				t.Error("no score, which needs no /proc")
			}
		})
	}
}

// cpuGroup makes a control group that may use that share of a processor, and
// returns the file that takes its members.
func cpuGroup(t *testing.T, processors float64) string {
	t.Helper()
	write := func(dir, file, text string) error { return os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644) }
	const period = 100_000
	quota := fmt.Sprint(int(processors * period))
	name := fmt.Sprintf("linecheck-test-%d", os.Getpid())
	for _, h := range hierarchies(os.DirFS("/")) {
		if h.controllers != nil && !slices.Contains(h.controllers, "cpu") {
			continue
		}
		dir := filepath.Join(h.mount, name)
		if os.Mkdir(dir, 0o755) != nil {
			continue
		}
		t.Cleanup(func() { _ = os.Remove(dir) })
		if h.controllers != nil && write(dir, "cpu.cfs_quota_us", quota) == nil || h.controllers == nil && write(dir, "cpu.max", quota+" "+fmt.Sprint(period)) == nil {
			return filepath.Join(dir, "cgroup.procs")
		}
	}
	t.Skip("this system lets nobody make control groups for processors")
	return ""
}

// A container's quota counts, not the host's cores: in what there is, and in the score.
func TestQuotaCounts(t *testing.T) {
	needsRoot(t)
	free := (&place{script: `exec $program`, part: 0.2}).run(t)[CPUCheck]
	held := (&place{script: `echo $$ > ` + cpuGroup(t, 0.5) + `; exec $program`, part: 1}).run(t)[CPUCheck]
	if n, _ := held.Metric("machine.cpu.cores.logical"); n.Value != 1 {
		t.Errorf("half a processor counts as %v", n.Value)
	}
	if q, _ := held.Metric("machine.cpu.quota.cores"); q.Value != 0.5 {
		t.Errorf("the quota is %v", q.Value)
	}
	a, _ := free.Metric("machine.cpu.score.single")
	b, _ := held.Metric("machine.cpu.score.single")
	if ratio := float64(b.Value / a.Value); ratio < 0.3 || ratio > 0.75 {
		t.Errorf("half a processor has %v points, a whole one %v", b.Value, a.Value)
	}
}
