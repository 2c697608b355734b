// Command demo runs the whole main job on this one machine, with the programs
// as they are shipped: a recruiter's keys, server and invite, an applicant's
// run, the report's upload, and its verification offline. It is a tool of the
// project, not a product; nothing is measured or decided here.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	bin := flag.String("bin", "bin", "folder with the programs")
	dir := flag.String("dir", "demo", "folder for what is left behind; emptied first")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	d := &demo{recruiter: filepath.Join(*bin, "linecheck-recruiter"), support: filepath.Join(*bin, "linecheck-support"), dir: *dir}
	err := d.run(ctx)
	d.close()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// demo is the machine's one recruiter and one applicant.
type demo struct {
	recruiter, support, dir string
	server                  *process
	sound                   sound
	began                   time.Time
	shown                   string // the check and stage that were mentioned last
}

func (d *demo) run(ctx context.Context) error {
	d.began = time.Now()
	if err := d.prepare(); err != nil {
		return err
	}
	for _, step := range []struct {
		title string
		do    func(context.Context) error
	}{
		{"A recruiter makes keys", d.keygen},
		{"and starts the server with its probe", d.serve},
		{"invites an applicant for customer service", d.invite},
		{"The applicant's computer: sound", d.openSound},
		{"The applicant runs the checks with that invite", d.check},
		{"The recruiter verifies report and receipt, offline", d.verify},
		{"Altered copies are found out", d.tamper},
	} {
		fmt.Printf("\n== %s\n", step.title)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.title, err)
		}
	}
	fmt.Printf("\nDone in %.0f s. The files are in %s: report.pdf, report.txt and report.json (the same report), trust.json, invite, run.jsonl, recruiter/.\n",
		time.Since(d.began).Seconds(), d.dir)
	return nil
}

// prepare empties the folder, if it is the demo's own.
func (d *demo) prepare() error {
	mark := filepath.Join(d.dir, ".linecheck-demo")
	entries, err := os.ReadDir(d.dir)
	if err == nil && len(entries) > 0 {
		if _, err := os.Stat(mark); err != nil {
			return fmt.Errorf("%s holds files that are not the demo's; move them away", d.dir)
		}
		if err := os.RemoveAll(d.dir); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(d.dir, "recruiter"), 0o755); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o644)
}

// close ends everything that was started; it may be called at any moment.
func (d *demo) close() {
	if d.server != nil {
		d.server.stop()
	}
	d.sound.close()
}

func (d *demo) path(name ...string) string {
	return filepath.Join(append([]string{d.dir}, name...)...)
}
