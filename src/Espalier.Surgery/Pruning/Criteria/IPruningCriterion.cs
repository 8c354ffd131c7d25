namespace Espalier.Surgery;

/// <summary>Ranks the elements of a model for pruning; those with the lowest scores are removed first. A criterion implements <see cref="IWeightCriterion"/>, <see cref="IChannelCriterion"/>, <see cref="IBlockCriterion"/> or several of them. <see cref="PruningCriteria"/> contains the built-in criteria.</summary>
public interface IPruningCriterion
{
    /// <summary>The name of the criterion in the lineage and in messages. Different criteria must have different names.</summary>
    string Name { get; }

    /// <summary>The inputs that the criterion needs besides the model.</summary>
    PruningNeeds Needs => PruningNeeds.None;
}

/// <summary>The inputs that a criterion needs besides the model.</summary>
[Flags]
public enum PruningNeeds
{
    /// <summary>The criterion needs only the parameters of the model.</summary>
    None = 0,

    /// <summary>The gradients of a loss: <see cref="PruningContext.Gradients"/>.</summary>
    Gradients = 1,

    /// <summary>Samples and a runtime that runs the model on them: <see cref="PruningContext.Samples"/> and <see cref="PruningContext.Runtime"/>.</summary>
    Samples = 2,

    /// <summary>Random numbers, generated from <see cref="PruningRequest.Seed"/>.</summary>
    RandomNumbers = 4,
}
