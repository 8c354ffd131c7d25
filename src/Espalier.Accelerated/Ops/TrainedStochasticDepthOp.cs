using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>Stochastic depth in training: rows of shortcut and branch times the factors that the draws give them.</summary>
internal sealed class TrainedStochasticDepthOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    internal override bool ReadsInputsBackward => false;

    internal override void Forward(ForwardCall call)
    {
        TrainedNode trained = call.Trained!;
        bool adds = false;
        for (int i = 0; i < 2; i++)
        {
            TrainedInput input = trained.Inputs[i];
            if (!call.Pass!.Reads(trained, input))
            {
                continue;
            }

            Rows.GatherWeighted(
                Device, call.Inputs[i], call.Pass.Positions(input.From.Need, trained.Need), call.Pass.Factors(trained, i, trained.Need), OutputShape.Length, new GradientTarget(call.Output, adds));
            adds = true;
        }
    }

    internal override void Backward(BackwardCall call)
    {
        TrainedNode trained = call.Forward.Trained!;
        for (int i = 0; i < 2; i++)
        {
            if (call.InputGradients[i] is { IsNeeded: true } target)
            {
                SampleNeed need = trained.Inputs[i].From.Need;
                Rows.GatherWeighted(
                    Device, call.Gradient, call.Forward.Pass!.Positions(trained.Need, need), call.Forward.Pass.Factors(trained, i, need), OutputShape.Length, target);
            }
        }
    }
}
