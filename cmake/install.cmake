# What `cmake --install` puts where (docs/install.md). Libraries and headers are not among it: who embeds a device takes
# the tree by add_subdirectory (examples/embed), so that both are compiled alike.
include(GNUInstallDirs)

install(TARGETS attache)

# Made by the target `manual`; its folders are those of share/.
set(manual ${PROJECT_BINARY_DIR}/manual)
install(DIRECTORY ${manual}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR})
install(DIRECTORY ${manual}/bash-completion ${manual}/zsh ${manual}/fish DESTINATION ${CMAKE_INSTALL_DATADIR})

# systemd looks into lib/systemd/system of /usr and /usr/local, whatever the folder of libraries is.
configure_file(packaging/attache@.service.in attache@.service @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/attache@.service DESTINATION lib/systemd/system)
install(FILES packaging/example.toml DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/attache)

# As in the tree: they refer to each other.
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN embed EXCLUDE)
install(FILES examples/pytest/attache.py DESTINATION ${CMAKE_INSTALL_DATADIR}/attache/pytest OPTIONAL)
