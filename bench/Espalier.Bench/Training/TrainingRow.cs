using System.Collections.Immutable;

namespace Espalier.Bench.Training;

/// <summary>A network and its batch.</summary>
/// <param name="Network">As <c>bench/peers/peer_networks.py</c> has it.</param>
/// <param name="Batch">Images of a step.</param>
internal sealed record TrainingRow(string Network, int Batch)
{
    /// <summary>What is timed beside PyTorch.</summary>
    internal static readonly ImmutableArray<TrainingRow> Peers = [new("cifar_resnet20", 128), new(Workers.ExportedModel.CifarResNet18, 128), new("resnet18", 16)];

    /// <summary>What is timed with stochastic depth and without: the network of the paper's table 3 (Huang 2016), whose training it shortens by a quarter.</summary>
    internal static readonly TrainingRow Depth = new("cifar_resnet110", 128);

    /// <summary>The paper's p_L.</summary>
    internal const double Survival = 0.5;
}
