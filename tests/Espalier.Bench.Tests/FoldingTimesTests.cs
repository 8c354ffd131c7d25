using Espalier.Bench.Folding;

namespace Espalier.Bench.Tests;

public sealed class FoldingTimesTests
{
    [Fact]
    public void Branched_networks_answer_alike_folded_and_not()
    {
        foreach (FoldingPair pair in FoldingPair.All().Where(pair => pair.Name.StartsWith("cifar", StringComparison.Ordinal)))
        {
            FoldingTimes times = FoldingTimes.Measure(pair, turns: 1, seed: 3);

            Assert.InRange(times.Difference, 0, 1e-5);
            Assert.True(pair.Branched.Graph.Nodes.Length > pair.Plain.Graph.Nodes.Length, pair.Name);
            Assert.True(times.Unfolded > 0 && times.Folded > 0 && times.Plain > 0, pair.Name);
        }
    }
}
