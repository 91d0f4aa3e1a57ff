package haproxy

// globalNames are the words of a global section that choose no server, and take no time.
const globalNames = `51degrees-allow-unmatched 51degrees-cache-size 51degrees-data-file 51degrees-difference 51degrees-drift
	51degrees-property-name-list 51degrees-property-separator 51degrees-use-performance-graph
	51degrees-use-predictive-graph anonkey busy-polling ca-base chroot close-spread-time cluster-secret cpu-affinity
	cpu-policy cpu-set crt-base daemon debug debug.counters default-path description deviceatlas-json-file
	deviceatlas-log-level deviceatlas-properties-cookie deviceatlas-separator dns-accept-family
	expose-deprecated-directives expose-experimental-directives external-check force-cfg-parser-pause gid group
	h1-accept-payload-with-any-method h1-case-adjust h1-case-adjust-file h1-do-not-close-on-insecure-transfer-encoding
	h2-workaround-bogus-websocket-clients harden.reject-privileged-ports.quic harden.reject-privileged-ports.tcp
	httpclient.resolvers.disabled httpclient.resolvers.id httpclient.resolvers.prefer httpclient.retries
	httpclient.ssl.ca-file httpclient.ssl.verify httpclient.timeout.connect insecure-fork-wanted insecure-setuid-wanted
	issuers-chain-path jwt.decrypt_alg_list jwt.decrypt_enc_list key-base limited-quic localpeer log log-send-hostname
	log-tag lua-prepend-path master-worker max-threads-per-group maxcompcpuusage maxcomprate maxpipes maxzlibmem
	mworker-max-reloads no-memory-trimming node noepoll noevports nogetaddrinfo nokqueue noktls nopoll noreuseport
	nosplice numa-cpu-mapping ocsp-update.disable ocsp-update.httpproxy ocsp-update.maxdelay ocsp-update.mindelay
	ocsp-update.mode pidfile pp2-never-send-local prealloc-fd profiling.memory profiling.tasks quiet set-dumpable
	set-var set-var-fmt shm-stats-file shm-stats-file-max-objects ssl-default-bind-ciphers ssl-default-bind-ciphersuites
	ssl-default-bind-client-sigalgs ssl-default-bind-curves ssl-default-bind-options ssl-default-bind-sigalgs
	ssl-default-server-ciphers ssl-default-server-ciphersuites ssl-default-server-client-sigalgs
	ssl-default-server-curves ssl-default-server-options ssl-default-server-sigalgs ssl-dh-param-file ssl-engine
	ssl-load-extra-del-ext ssl-load-extra-files ssl-mode-async ssl-propquery ssl-provider ssl-provider-path
	ssl-security-level ssl-server-verify ssl-skip-self-issued-ca stats stats-file strict-limits thread-group
	thread-hard-limit tune.applet.zero-copy-forwarding tune.buffers.limit tune.buffers.reserve tune.bufsize
	tune.bufsize.large tune.bufsize.small tune.chksize tune.cli.max-payload-size tune.comp.maxlevel tune.cpu.affinity
	tune.defaults.purge tune.disable-fast-forward tune.disable-zero-copy-forwarding tune.epoll.mask-events
	tune.events.max-events-at-once tune.fd.edge-triggered tune.fd.tables tune.h1.be.glitches-threshold
	tune.h1.fe.glitches-threshold tune.h1.zero-copy-fwd-recv tune.h1.zero-copy-fwd-send tune.h2.be.glitches-threshold
	tune.h2.be.initial-window-size tune.h2.be.max-concurrent-streams tune.h2.be.max-frames-at-once tune.h2.be.rxbuf
	tune.h2.fe.glitches-threshold tune.h2.fe.initial-window-size tune.h2.fe.max-concurrent-streams
	tune.h2.fe.max-frames-at-once tune.h2.fe.max-rst-at-once tune.h2.fe.max-total-streams tune.h2.fe.rxbuf
	tune.h2.header-table-size tune.h2.initial-window-size tune.h2.max-concurrent-streams tune.h2.max-frame-size
	tune.h2.zero-copy-fwd-send tune.http.cookielen tune.http.logurilen tune.http.maxhdr tune.idle-pool.shared
	tune.idletimer tune.listener.multi-queue tune.lua.bool-sample-conversion tune.lua.burst-timeout
	tune.lua.forced-yield tune.lua.log.loggers tune.lua.log.stderr tune.lua.maxmem tune.lua.openlibs
	tune.lua.service-timeout tune.lua.session-timeout tune.lua.task-timeout tune.max-checks-per-thread
	tune.max-rules-at-once tune.maxaccept tune.maxpollevents tune.maxrewrite tune.memory.hot-size
	tune.pattern.cache-size tune.peers.max-updates-at-once tune.pipesize tune.pool-high-fd-ratio tune.pool-low-fd-ratio
	tune.pt.zero-copy-forwarding tune.quic.be.cc.cubic-min-losses tune.quic.be.cc.hystart tune.quic.be.cc.max-frame-loss
	tune.quic.be.cc.max-win-size tune.quic.be.cc.reorder-ratio tune.quic.be.max-idle-timeout
	tune.quic.be.sec.glitches-threshold tune.quic.be.stream.data-ratio tune.quic.be.stream.max-concurrent
	tune.quic.be.stream.rxbuf tune.quic.be.tx.pacing tune.quic.be.tx.udp-gso tune.quic.fe.cc.cubic-min-losses
	tune.quic.fe.cc.hystart tune.quic.fe.cc.max-frame-loss tune.quic.fe.cc.max-win-size tune.quic.fe.cc.reorder-ratio
	tune.quic.fe.max-idle-timeout tune.quic.fe.sec.glitches-threshold tune.quic.fe.sec.retry-threshold
	tune.quic.fe.sock-per-conn tune.quic.fe.stream.data-ratio tune.quic.fe.stream.max-concurrent
	tune.quic.fe.stream.max-total tune.quic.fe.stream.rxbuf tune.quic.fe.tx.pacing tune.quic.fe.tx.udp-gso
	tune.quic.listen tune.quic.mem.tx-max tune.quic.zero-copy-fwd-send tune.rcvbuf.backend tune.rcvbuf.client
	tune.rcvbuf.frontend tune.rcvbuf.server tune.recv_enough tune.renice.runtime tune.renice.startup tune.ring.queues
	tune.runqueue-depth tune.sched.low-latency tune.sndbuf.backend tune.sndbuf.client tune.sndbuf.frontend
	tune.sndbuf.server tune.ssl.cachesize tune.ssl.capture-buffer-size tune.ssl.capture-cipherlist-size
	tune.ssl.certificate-compression tune.ssl.default-dh-param tune.ssl.force-private-cache tune.ssl.hard-maxrecord
	tune.ssl.keylog tune.ssl.keyupdate-rate-limit tune.ssl.lifetime tune.ssl.maxrecord tune.ssl.ocsp-update.maxdelay
	tune.ssl.ocsp-update.mindelay tune.ssl.ssl-ctx-cache-size tune.stick-counters tune.streams-elasticity
	tune.takeover-other-tg-connections tune.vars.check-max-size tune.vars.global-max-size tune.vars.proc-max-size
	tune.vars.reqres-max-size tune.vars.sess-max-size tune.vars.txn-max-size tune.zlib.memlevel tune.zlib.windowsize uid
	unix-bind user warn-blocked-traffic-after wurfl-cache-size wurfl-data-file wurfl-information-list
	wurfl-information-list-separator zero-warning`
