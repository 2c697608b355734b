package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
)

// step is one way to make the computer slower.
type step struct {
	name string
	// processors is the quota; 0 for none.
	processors float64
	// cores is how many cores may be used; 0 for all.
	cores int
}

// order makes the computer slower in steps and looks whether all three put the
// steps in the same order, by what all cores do together.
func (b bench) order() error {
	cores := runtime.NumCPU()
	steps := []step{{"a quarter of a core", 0.25, 0}, {"half a core", 0.5, 0}, {"one core", 0, 1}, {"three quarters of all", 0.75 * float64(cores), 0}, {"all", 0, 0}}
	results := map[string][]float64{}
	for _, s := range steps {
		wrap, undo, err := s.apply()
		if err != nil {
			return err
		}
		ours, err := b.score(wrap)
		if err == nil {
			var events, ratings float64
			events, err = b.sysbench(wrap, cores, 4)
			if err == nil {
				ratings, err = b.sevenZip(wrap, cores)
			}
			results["linecheck"] = append(results["linecheck"], ours["all"])
			results["sysbench"] = append(results["sysbench"], events)
			results["7z"] = append(results["7z"], ratings)
		}
		undo()
		if err != nil {
			return err
		}
	}
	fmt.Printf("the same computer in steps, against all of it:\n  %-24s %10s %10s %10s\n", "", "linecheck", "sysbench", "7z b")
	for i, s := range steps {
		fmt.Printf("  %-24s", s.name)
		for _, who := range []string{"linecheck", "sysbench", "7z"} {
			fmt.Printf(" %10.3f", results[who][i]/results[who][len(steps)-1])
		}
		fmt.Println()
	}
	for _, who := range []string{"linecheck", "sysbench", "7z"} {
		fmt.Printf("  %s puts them in this order: %v\n", who, slices.IsSorted(results[who]))
	}
	return nil
}

// apply prepares the step; wrap is what a shell has to do before the program.
func (s step) apply() (wrap string, undo func(), err error) {
	if s.cores > 0 {
		wrap = fmt.Sprintf("taskset -p -c 0-%d $$ >/dev/null; ", s.cores-1)
	}
	if s.processors == 0 {
		return wrap, func() {}, nil
	}
	const period = 100_000
	quota := fmt.Sprint(int(s.processors * period))
	for _, g := range []struct{ dir, file, text string }{
		{"/sys/fs/cgroup/cpu/linecheck-bench", "cpu.cfs_quota_us", quota},
		{"/sys/fs/cgroup/linecheck-bench", "cpu.max", quota + " " + fmt.Sprint(period)},
	} {
		if err := os.Mkdir(g.dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			continue
		}
		undo = func() { _ = os.Remove(g.dir) }
		limit, err := os.OpenFile(filepath.Join(g.dir, g.file), os.O_WRONLY, 0) // what is no control group has no such file
		if err != nil {
			undo()
			continue
		}
		_, err = limit.WriteString(g.text)
		if err = errors.Join(err, limit.Close()); err != nil {
			undo()
			return "", nil, err
		}
		return wrap + "echo $$ > " + filepath.Join(g.dir, "cgroup.procs") + "; ", undo, nil
	}
	return "", nil, fmt.Errorf("no control group for processors can be made here (root is needed)")
}
