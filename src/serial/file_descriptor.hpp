#pragma once

#include "base/file_descriptor.hpp"

namespace attache::serial {

using base::error_text;
using base::FileDescriptor;
using base::open_file;

}  // namespace attache::serial
