#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"
#include "client/placeholder_text.hpp"

namespace attache::cassette {

/// Makes a file for this user only, and refuses one that is there.
base::Result<base::FileDescriptor> make_cassette_file(const std::filesystem::path& file);

/// Puts the text in the place of the file at once: nobody ever sees a part of it.
/// After a failure the old one is there still.
base::Result<void> replace_cassette_file(const std::filesystem::path& file, std::string_view text);

/// Reads lines NAME=VALUE, the values with the escapes of a cassette; empty lines and those with # are none.
/// A file that is not there has none. The reason of an error has "name:line" as its place, and no value in
/// it.
base::Result<client::Values> read_secrets(const std::filesystem::path& file);

/// A value as its line in such a file, LF included.
std::string secret_line(std::string_view name, std::string_view value);

}  // namespace attache::cassette
