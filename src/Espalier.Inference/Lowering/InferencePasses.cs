using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier.Inference;

/// <summary>The rewrites that every model goes through before it is lowered. None is lossy.</summary>
internal static class InferencePasses
{
    private static readonly Pass[] s_passes = [new DropoutRemoval(), new LinearFolding(), new StochasticDepthFolding()];

    internal static Model Prepare(Model model) => model.Apply(s_passes);
}
