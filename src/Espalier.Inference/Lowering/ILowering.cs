using Espalier.Execution;

namespace Espalier.Inference;

/// <summary>A step of a plan whose operands have their places: what remains is to choose its kernel and to pack its weights, in parallel with other steps.</summary>
internal interface ILowering
{
    /// <summary>The step.</summary>
    Step Lower();
}
