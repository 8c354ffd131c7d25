namespace Espalier.Cli;

/// <summary>A verb of the program, with its options and examples for its help.</summary>
internal abstract class Verb : Command
{
    private protected Verb(CliContext context, string name, string description, params IReadOnlyList<string> examples)
        : base(name, description)
    {
        Context = context;
        Examples = examples;
        SetAction(Run);
    }

    /// <summary>Example command lines, shown by <c>--help</c>.</summary>
    internal IReadOnlyList<string> Examples { get; }

    private protected CliContext Context { get; }

    private protected Terminal Terminal => Context.Terminal;

    /// <summary>Runs the verb and returns its exit code.</summary>
    private protected abstract int Run(ParseResult parsed);
}
