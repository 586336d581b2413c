#pragma once

#include "runtime/device_options.hpp"

namespace CLI {
class App;
}

namespace attache::cli {

/// Declares the options on a (sub)command; parsing fills `options`, which must live as long.
void add_serve_options(CLI::App& command, runtime::DeviceOptions& options);

}  // namespace attache::cli
