namespace Espalier.Surgery;

/// <summary>By what something is ranked for pruning: the least goes first. A criterion implements <see cref="IWeightCriterion"/>, <see cref="IChannelCriterion"/>, <see cref="IBlockCriterion"/> or several of them; <see cref="PruningCriteria"/> has those there are.</summary>
public interface IPruningCriterion
{
    /// <summary>What the lineage and messages call it. Criteria that rank differently have different names.</summary>
    string Name { get; }

    /// <summary>What it needs besides the model.</summary>
    PruningNeeds Needs => PruningNeeds.None;
}

/// <summary>What a criterion needs besides the model.</summary>
[Flags]
public enum PruningNeeds
{
    /// <summary>Nothing: the parameters are enough.</summary>
    None = 0,

    /// <summary>The gradients of a loss: <see cref="PruningContext.Gradients"/>.</summary>
    Gradients = 1,

    /// <summary>Samples and something that runs the model on them: <see cref="PruningContext.Samples"/> and <see cref="PruningContext.Runtime"/>.</summary>
    Samples = 2,

    /// <summary>Random numbers, drawn from <see cref="PruningRequest.Seed"/>.</summary>
    RandomNumbers = 4,
}
