#include <iostream>

#include "settings_docs.hpp"

int main() { std::cout << activitytrack::test::settings_docs(); }
