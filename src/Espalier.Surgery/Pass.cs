using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>A rewriting of models: looks at one, says what it would change and what it leaves alone and why.</summary>
/// <remarks>The one contract of a rewrite. A pass finds; <see cref="PassRunner"/> applies, so that every change is a patch that can be shown first.</remarks>
public abstract class Pass
{
    /// <summary>Its name in reports and lineage: <c>fold batch norm</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it promises.</summary>
    public abstract Promise Promise { get; }

    /// <summary>What it would do to <paramref name="model"/>. The model is not changed.</summary>
    public abstract PassPlan Plan(Model model);
}
