//go:build darwin && cgo

#import <Cocoa/Cocoa.h>

#include "_cgo_export.h"
#include "link_darwin.h"

// LinecheckLinks takes the event "get URL". GLFW brings its own delegate of the application,
// which knows nothing of links, and leaves no room for another; a handler of events and an
// observer of notifications need none.
@interface LinecheckLinks : NSObject {
	uintptr_t take;
}
- (instancetype)initWithTake:(uintptr_t)handle;
@end

@implementation LinecheckLinks

- (instancetype)initWithTake:(uintptr_t)handle {
	self = [super init];
	if (self != nil) {
		take = handle;
	}
	return self;
}

// Now AppKit has set its own handlers, and ours takes the place of the one for links; the event
// that the program was started for comes after this.
- (void)willFinishLaunching:(NSNotification *)notification {
	[[NSAppleEventManager sharedAppleEventManager] setEventHandler:self
	                                                   andSelector:@selector(getURL:withReplyEvent:)
	                                                 forEventClass:kInternetEventClass
	                                                    andEventID:kAEGetURL];
}

- (void)getURL:(NSAppleEventDescriptor *)event withReplyEvent:(NSAppleEventDescriptor *)reply {
	const char *link = [[[event paramDescriptorForKeyword:keyDirectObject] stringValue] UTF8String];
	if (link != NULL) {
		linecheckLink(take, (char *)link);
	}
}

@end

void linecheck_receive_links(uintptr_t take) {
	@autoreleasepool {
		// Nobody keeps an observer or a handler alive: this one is never let go.
		LinecheckLinks *links = [[LinecheckLinks alloc] initWithTake:take];
		[[NSNotificationCenter defaultCenter] addObserver:links
		                                         selector:@selector(willFinishLaunching:)
		                                             name:NSApplicationWillFinishLaunchingNotification
		                                           object:nil];
		[links willFinishLaunching:nil]; // for a program that counts as launched already
	}
}
