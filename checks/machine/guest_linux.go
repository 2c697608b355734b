package machine

import (
	"context"
	"os"
	"runtime"
	"strings"

	"github.com/godbus/dbus/v5"
	"github.com/shirou/gopsutil/v3/host"
)

// guest is what this system runs in. The library knows containers and most
// hypervisors by their traces; the processor tells of the others.
func guest(ctx context.Context) (string, error) {
	name, role, err := host.VirtualizationWithContext(ctx)
	switch {
	case err != nil:
		return "", err
	case role == "guest" && name != "":
		return name, nil
	case hypervisor() != "":
		return hypervisorName(hypervisor()), nil
	case runtime.GOARCH == "amd64" || runtime.GOARCH == "386":
		return "no", nil // there a guest can tell
	}
	return "", errNone
}

// hypervisorName is the usual name for what a hypervisor calls itself.
func hypervisorName(vendor string) string {
	known := map[string]string{
		"KVMKVMKVM": "kvm", "Microsoft Hv": "hyper-v", "VMwareVMware": "vmware", "XenVMMXenVMM": "xen", "VBoxVBoxVBox": "virtualbox",
		"TCGTCGTCGTCG": "qemu", "prl hyperv": "parallels", " lrpepyh vr": "parallels", "bhyve bhyve ": "bhyve",
	}
	if name, ok := known[strings.TrimRight(vendor, "\x00")]; ok {
		return name
	}
	return "yes"
}

// remote is whether the person sits elsewhere: the session's own environment
// tells, or else the login service.
func remote(ctx context.Context) (bool, error) {
	if farAway(os.Getenv) {
		return true, nil
	}
	return loginIsRemote(ctx)
}

// farAway says whether the environment is one of a remote session: of ssh,
// of xrdp, or with its windows on another computer (X11 over a network).
func farAway(env func(string) string) bool {
	host, _, ok := strings.Cut(env("DISPLAY"), ":")
	return env("SSH_CONNECTION") != "" || env("XRDP_SESSION") != "" || ok && host != "" && host != "unix"
}

// loginIsRemote asks systemd-logind about this program's session.
func loginIsRemote(ctx context.Context) (bool, error) {
	v, err := systemBus(ctx, "org.freedesktop.login1", "/org/freedesktop/login1/session/auto", "org.freedesktop.login1.Session.Remote")
	if err != nil {
		return false, err
	}
	yes, ok := v.Value().(bool)
	if !ok {
		return false, errNone
	}
	return yes, nil
}

// systemBus asks a service of the system for a property. A system without the
// bus or the service has none.
func systemBus(ctx context.Context, service string, path dbus.ObjectPath, property string) (dbus.Variant, error) {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return dbus.Variant{}, errNone
	}
	defer conn.Close()
	dot := strings.LastIndexByte(property, '.')
	var v dbus.Variant
	call := conn.Object(service, path).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, property[:dot], property[dot+1:])
	if err := call.Store(&v); err != nil {
		if ctx.Err() != nil {
			return v, ctx.Err()
		}
		return v, errNone
	}
	return v, nil
}
