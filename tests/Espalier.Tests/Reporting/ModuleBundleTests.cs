namespace Espalier.Tests.Reporting;

public sealed class ModuleBundleTests
{
    [Fact]
    public void Modules_follow_those_that_they_import_once() => Assert.Equal(
        "// c.js\nconst z = 1;\n\n// b.js\nfunction y() {\n    return z;\n}\n\n// a.js\nclass X {}\ny();\n\n",
        Bundle(
            ("a.js", "import { y } from './b.js';\nimport { z } from './c.js';\n\nexport class X {}\ny();\n"),
            ("b.js", "import { z } from './c.js';\n\nexport function y() {\n    return z;\n}\n"),
            ("c.js", "export const z = 1;\n")));

    [Theory]
    [InlineData("import { y } from './b.js';\n", "export function x() {}\n", "imports 'y', which b.js does not export")]
    [InlineData("import { y } from './b.js';\n", "function y() {}\n", "imports 'y', which b.js does not export")]
    [InlineData("import { y } from './b.js';\n", "import { z } from './a.js';\nexport function y() {}\n", "imports itself")]
    [InlineData("import { y } from './b.js';\nconst x = 1;\n", "const x = 2;\nexport function y() {}\n", "declares 'x', as b.js does")]
    [InlineData("import { y as z } from './b.js';\n", "export function y() {}\n", "imports 'y as z'")]
    [InlineData("import y from './b.js';\n", "export function y() {}\n", "is not of the form")]
    [InlineData("import { y } from './b.js';\n", "export default function y() {}\n", "is not of the form")]
    [InlineData("export default 1;\n", "", "is not of the form")]
    [InlineData("const { a } = b;\n", "", "is not of the form")]
    [InlineData("const a = await import('./b.js');\n", "", "is not of the form")]
    public void What_cannot_be_joined_is_refused(string first, string second, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidOperationException>(() => Bundle(("a.js", first), ("b.js", second))).Message, StringComparison.Ordinal);

    [Fact]
    public void All_modules_of_the_page_are_in_its_script()
    {
        string script = ModuleBundle.Of("report.js", PageFiles.Read);
        Assert.All(PageFiles.Names.Where(name => name.EndsWith(".js", StringComparison.Ordinal)), name => Assert.Contains($"// {name}\n", script, StringComparison.Ordinal));
        Assert.DoesNotContain("\nimport ", script, StringComparison.Ordinal);
        Assert.DoesNotContain("\nexport ", script, StringComparison.Ordinal);
    }

    private static string Bundle(params (string Name, string Source)[] modules) => ModuleBundle.Of(modules[0].Name, name => modules.Single(module => module.Name == name).Source);
}
