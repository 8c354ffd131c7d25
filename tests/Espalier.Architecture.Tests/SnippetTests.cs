using System.Globalization;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Espalier.Architecture.Tests;

/// <summary>The C# on the pages compiles and runs: each block has a file under Snippets, which is compiled into this test.</summary>
public sealed class SnippetTests
{
    private const string Folder = "tests/Espalier.Architecture.Tests/Snippets";
    private const string Update = "ESPALIER_UPDATE_SNIPPETS";

    private static IEnumerable<string> Pages => ((string[])["README.md", "ARCHITECTURE.md"]).Where(page => File.Exists(Path.Combine(Repository.Root, page))).Concat(Repository.Files("docs", "*.md"));

    private static Dictionary<string, string> Expected => Pages
        .SelectMany(page => Snippet.Of(page, Repository.Read(page)))
        .ToDictionary(snippet => $"{Folder}/{snippet.ClassName}.cs", snippet => snippet.ToSource());

    [Fact]
    public void The_readme_shows_code() => Assert.NotEmpty(Snippet.Of("README.md", Repository.Read("README.md")));

    [Fact]
    public void Every_block_of_code_on_the_pages_is_compiled_as_it_stands_there()
    {
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            WriteExpected();
        }

        Dictionary<string, string> expected = Expected;
        Assert.Equal(expected.Keys.Order(), Repository.Files(Folder, "*.cs"));
        Assert.All(expected, file => Assert.True(
            Repository.Read(file.Key).ReplaceLineEndings("\n") == file.Value,
            $"{file.Key} is not what its page shows: run this test with {Update}=1, look at the change and commit it"));
    }

    [Fact]
    public async Task Every_block_of_code_runs()
    {
        IEnumerable<Type> compiled = typeof(SnippetTests).Assembly.GetTypes().Where(type => type.Namespace == "Espalier.Architecture.Tests.Snippets" && type.GetMethod("Run") is not null);
        string before = Environment.CurrentDirectory;
        string scratch = Path.Combine(AppContext.BaseDirectory, "scratch"); // blocks may write files, and refuse to overwrite a training
        if (Directory.Exists(scratch))
        {
            Directory.Delete(scratch, recursive: true);
        }

        Environment.CurrentDirectory = Directory.CreateDirectory(scratch).FullName;
        try
        {
            foreach (Type type in compiled.Where(type => (bool)type.GetField("Runs")!.GetRawConstantValue()!))
            {
                await Run(type);
            }
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Fact]
    public void The_figures_on_the_page_about_folding_are_those_that_its_code_prints()
    {
        using var printed = new StringWriter();
        TextWriter console = Console.Out;
        Console.SetOut(printed);
        try
        {
            Snippets.Docs_Folding_1.Run();
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.Contains($"```text\n{printed.ToString().ReplaceLineEndings("\n")}```", Repository.Read("docs/folding.md").ReplaceLineEndings("\n"), StringComparison.Ordinal);
        string[] lines = printed.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.All(lines, line => Assert.InRange(double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture), 0, 1e-8));
    }

    [Fact]
    public void Blocks_are_found_by_language_and_numbered_on_their_page()
    {
        const string Page = "# T\n```bash\nls\n```\n```csharp\nusing System;\n\nint a = 1;\n```\ntext\n``` csharp compile-only\nint b = await x;\n```\n";
        Snippet[] found = [.. Snippet.Of("docs/how-to.md", Page)];
        Assert.Equal(
            [new Snippet("docs/how-to.md", 1, "using System;\n\nint a = 1;", true), new Snippet("docs/how-to.md", 2, "int b = await x;", false)],
            found);
        Assert.Equal("Docs_How_To_2", found[1].ClassName);
    }

    [Fact]
    public void A_block_becomes_a_method_behind_its_usings()
    {
        string source = new Snippet("README.md", 1, "using Espalier.Graphs;\n\nusing var x = Open();\nx.Go();", true).ToSource();
        Assert.EndsWith(
            """
            #nullable enable
            using Espalier.Graphs;

            namespace Espalier.Architecture.Tests.Snippets;

            public static class Readme_1
            {
                public const bool Runs = true;

                public static void Run()
                {
                    using var x = Open();
                    x.Go();
                }
            }

            """.ReplaceLineEndings("\n"),
            source,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_without_an_end_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Snippet.Of("README.md", "```csharp\nint a;").ToArray());

    private static async Task Run(Type type)
    {
        try
        {
            if (type.GetMethod("Run")!.Invoke(null, null) is Task running)
            {
                await running;
            }
        }
        catch (TargetInvocationException error) when (error.InnerException is not null)
        {
            ExceptionDispatchInfo.Throw(error.InnerException);
        }
    }

    private static void WriteExpected()
    {
        string folder = Path.Combine(Repository.Root, Folder);
        Directory.CreateDirectory(folder);
        Array.ForEach(Directory.GetFiles(folder, "*.cs"), File.Delete);
        foreach ((string file, string source) in Expected)
        {
            File.WriteAllText(Path.Combine(Repository.Root, file), source);
        }
    }
}
